"""The subcommands of `packline`, one module each."""
