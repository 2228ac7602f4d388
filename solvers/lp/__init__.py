"""Linear and integer programmes for every family: models, engines and their processes."""
