package published_test

// calculateNVIDIA adds assembly and transport, shares of the whole, to parts of a board, and nothing to what is finished.
func calculateNVIDIA(r *caseRow) []output {
	assembly, transport := num("0.086"), num("0.004")
	if r.choice("product") == "hgx_b200" {
		assembly, transport = num("0.056"), num("0.003")
	}
	parts := mul(r.num("count"), r.factor("embodied", "climate_change", "", r.text("hardware_id")))
	if r.boundary("embodied", r.text("hardware_id")) == "accelerator" {
		assembly, transport = num("0"), num("0")
	}
	whole := div(parts, sub(sub(one(), assembly), transport))
	return []output{
		{category: "climate_change", perspective: "fleet", stage: "manufacturing", value: mul(whole, sub(one(), transport))},
		{category: "climate_change", perspective: "fleet", stage: "transport", value: mul(whole, transport)},
	}
}

// boundary is what a factor's value of a technology covers, as the case says.
func (r *caseRow) boundary(factor, technology string) string {
	for _, f := range r.root.Get("factors").Items {
		if t, b := f.Get("technology"), f.Get("boundary"); f.Get("factor").Text == factor && b != nil && (t == nil || t.Text == technology) {
			return b.Text
		}
	}
	return ""
}
