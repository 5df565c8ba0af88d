"""The look of the project: components, forms, error pages. Knows no model."""
