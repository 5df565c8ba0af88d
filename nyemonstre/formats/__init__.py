"""How each language writes days and moments in words. `date:"DATE_FORMAT"` and its sisters ask here."""
