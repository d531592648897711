package published_test

// calculateCapgemini is Desroches et al. 2025, arXiv 2501.14334: virtual GPUs of 50.1 W for as long as calls take, times PUE 1.15; steering calls of agents; storage and network by data.
func calculateCapgemini(r *caseRow) []output {
	calls := or(r.num("calls"), r.num("requests"))
	seconds := add(mul(calls, r.num("time_to_first_token")), div(r.num("output_tokens"), r.num("output_speed")))
	hours := or(r.num("device_hours"), div(mul(seconds, r.num("device_count")), num("3600")))
	if r.of("hardware", "rated_power") != nil || r.of("hardware", "peak_flops") != nil {
		hours = nil // no virtual GPU
	}
	pue := or(r.num("pue"), num("1.15"))
	energy := div(mul(hours, num("50.1"), pue), num("1000"))
	if r.text("task") == "agent" {
		energy = add(energy, mul(calls, num("3.6e-6")))
	}
	switch r.text("energy_boundary") {
	case "facility":
		energy = r.num("energy")
	case "it":
		energy = mul(r.num("energy"), pue)
	}
	if kept := r.num("data_stored"); kept != nil {
		energy = add(energy, div(mul(kept, num("1.25e-3"), r.num("wall_time")), num("1000")))
	}
	if moved := r.num("data_transferred"); moved != nil {
		energy = add(energy, div(mul(moved, num("3.42e-2")), num("1000")))
	}
	out := []output{
		{category: "final_energy", accounting: "location", stage: "inference", value: energy},
		{unit: "request", value: r.num("requests")},
		{unit: "output token", value: r.num("output_tokens")},
	}
	for _, category := range []string{"climate_change", "primary_energy", "abiotic_depletion", "water_consumption"} {
		out = append(out,
			output{category: category, accounting: "location", stage: "inference", value: mul(energy, r.factor("electricity", category, r.text("region"), ""))},
			output{category: category, accounting: "location", stage: "manufacturing", value: div(mul(hours, r.factor("embodied", category, "", r.text("hardware_id"))), num("35040"))})
	}
	return out
}
