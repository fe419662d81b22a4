"""Where the stages are put together: settings, URLs, API, commands. Nothing imports this."""
