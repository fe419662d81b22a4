"""The pages, one module per stage or subject; each reads through `packline.site.access`."""
