"""What went wrong and what was done: nonconformances, their dispositions and their closing."""
