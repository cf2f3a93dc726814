"""The nouns of a rollout as plain data: units, targets, observations, policies, outcomes. No behaviour that decides."""
