package study

// ComparedQuantity is what both methods compute of rows under one name.
type ComparedQuantity struct{}

func (c *comparing) quantities(out *Comparison) error { return nil }
