"""What proves it: verification, release, and records that verify without this software."""
