"""Life data: distributions fitted to failures and survivors, and what they forecast."""
