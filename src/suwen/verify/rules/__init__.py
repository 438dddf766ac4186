"""What a good next reply does in a scene, rule by rule; `verify.generate` holds the table and puts them together."""
