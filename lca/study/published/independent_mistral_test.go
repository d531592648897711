package published_test

// calculateMistral is the boundary of Mistral's life-cycle assessment: power and water of servers and what supports them, making, moving and scrapping of hardware; training per request
// and token of the service that is forecast.
func calculateMistral(r *caseRow) []output {
	stage := "inference"
	if r.kind == "training_runs" {
		stage = "training"
	}
	it := r.num("energy")
	facility := mul(it, r.num("pue"))
	if r.text("energy_boundary") == "facility" {
		facility = r.num("energy")
		it = div(facility, r.num("pue"))
	}
	id, region := r.text("hardware_id"), r.text("region")
	devices := div(r.hours(true), mul(r.of("hardware", "lifetime"), num("8760")))
	out := []output{
		{category: "final_energy", accounting: "location", stage: stage, value: facility},
		{category: "water_consumption", accounting: "location", stage: stage, value: div(mul(it, r.num("wue")), num("1000"))},
	}
	for _, category := range []string{"climate_change", "water_consumption", "abiotic_depletion"} {
		out = append(out,
			output{category: category, accounting: "location", stage: stage, value: mul(facility, r.factor("electricity", category, region, ""))},
			output{category: category, stage: "transport", value: mul(devices, r.factor("transport", category, "", id))},
			output{category: category, stage: "end_of_life", value: mul(devices, r.of("hardware", "mass"), r.factor("end_of_life", category, "", ""))})
		out = append(out, worn(r, r.hours(true), r.of("hardware", "lifetime"), category)...)
	}
	if r.kind == "training_runs" {
		return append(out, output{unit: "request of the service", value: r.num("expected_requests")}, output{unit: "output token of the service", value: r.num("expected_tokens")})
	}
	return append(out, output{unit: "request", value: r.num("requests")}, output{unit: "output token", value: r.num("output_tokens")})
}
