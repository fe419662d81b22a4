"""What the templates may use besides Django's own tags."""
