"""Settings: `production` is the safe base; `development` and `test` loosen it, each line with its reason."""
