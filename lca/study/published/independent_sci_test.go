package published_test

// calculateSCI is ISO/IEC 21031: ((E × I) + M) per R, M = TE × (TiR / EL) × (RR / ToR).
func calculateSCI(r *caseRow) []output {
	stage := "inference"
	if r.kind == "training_runs" {
		stage = "training"
	}
	e := r.num("energy")
	switch r.text("energy_boundary") {
	case "device":
		e = nil
	case "node", "it":
		e = mul(e, r.num("pue"))
	}
	out := []output{
		{category: "final_energy", accounting: "location", stage: stage, value: e},
		{category: "climate_change", accounting: "location", stage: stage, value: mul(e, r.factor("electricity", "climate_change", r.text("region"), ""))},
		{unit: "hour", value: r.num("wall_time")},
	}
	if r.kind == "deployments" {
		out = append(out, output{unit: "request", value: r.num("requests")})
	}
	return append(out, worn(r, r.hours(true), or(r.of("hardware", "lifetime"), num("4")), "climate_change")...)
}

// calculateSCIAI is the draft SCI for AI: SCI for deployments per token or inference where a consumer asks, for training runs per operation, training token or 10^9 parameters
// where a provider does.
func calculateSCIAI(r *caseRow) []output {
	persona := "consumer"
	if r.choice("persona") != "" {
		persona = r.choice("persona")
	}
	if (persona == "consumer") != (r.kind == "deployments") {
		return nil
	}
	out := calculateSCI(r)
	if persona == "consumer" {
		read, generated := r.num("input_tokens"), r.num("output_tokens")
		return append(out, output{unit: "token", value: or(add(read, generated), generated, read)}, output{unit: "inference", value: r.num("requests")})
	}
	parameters := r.num("parameters_total")
	if r.choice("values") == "effective" {
		parameters = r.num("parameters_active")
	}
	return append(out, output{unit: "EFLOP", value: div(r.num("flop"), num("1e18"))}, output{unit: "training token", value: r.num("tokens")},
		output{unit: "billion parameters", value: div(parameters, num("1e9"))})
}
