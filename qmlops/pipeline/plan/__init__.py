"""What a request would do, cost and be worth: counted and priced before anything is sent."""
