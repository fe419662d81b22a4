"""What every stage stands on: commands, events and their chain, states, files, people, errors."""
