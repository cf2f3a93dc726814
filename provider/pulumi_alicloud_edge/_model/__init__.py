"""The nouns of a rollout as plain data: artifacts, targets, observations, policies, outcomes. Nothing here decides."""
