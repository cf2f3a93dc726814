"""What a user's program writes: resources and their arguments. Imports Pulumi and nothing heavy."""
