"""How cards and controls look, and what they do with keys: the style, tables, forms."""
