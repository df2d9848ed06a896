"""What pages show, as plain data: made from rows and values, without a request."""
