"""Define-XML files written by hand, and what compares them."""
