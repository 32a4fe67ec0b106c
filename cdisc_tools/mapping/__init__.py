"""Raw forms to SDTM: the algorithms and the table that calls them."""
