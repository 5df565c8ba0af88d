"""Rules proven over the whole code, so that a new room, action, table or address cannot forget them."""
