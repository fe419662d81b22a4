"""The thread: the stages that a pack passes through, upstream first. Written once, here.

This tuple orders the installed apps, the menu and the import contract. A stage may import the
stages before it, never one after it; foundation lies under all of them, site above.
"""

STAGES = (
    "catalog",
    "resources",
    "requirements",
    "design",
    "process",
    "supply",
    "production",
    "quality",
    "assurance",
    "insight",
)
