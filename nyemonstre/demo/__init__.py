"""The demo: made-up people in made-up families, walked along the path by the real actions."""
