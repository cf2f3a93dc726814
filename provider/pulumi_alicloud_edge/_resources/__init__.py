"""Adapts rollouts to Pulumi's terms: inputs to models, results to properties, errors to messages."""
