"""What tests of several concerns share."""
