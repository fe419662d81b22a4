"""What a record is, how it is typeset, sealed and proven: values in, bytes and verdicts out."""
