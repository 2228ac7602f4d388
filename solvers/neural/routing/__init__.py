"""The policy of tours and routes: after each step what is left is again an instance."""
