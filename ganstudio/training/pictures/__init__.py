"""Pictures of a game while it trains: samples, the plane's layers, a step in slow motion."""
