"""Pages of families. One module per kind of page; urls.py names them."""
