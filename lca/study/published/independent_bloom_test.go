package published_test

// calculateBLOOM is the account of Luccioni et al. 2022, arXiv 2211.02001: electricity, metered or of hours at rated power, and hardware over the hours that it works.
func calculateBLOOM(r *caseRow) []output {
	stage := "training"
	if r.kind == "deployments" {
		stage = "inference"
	}
	hours := r.num("device_hours")
	energy := or(r.num("energy"), div(mul(hours, r.of("hardware", "rated_power")), num("1000"))) // kWh
	if r.choice("overheads") == "pue" {
		energy = mul(energy, r.num("pue"))
	}
	life := mul(num("6"), num("365"), num("24"), num("0.85")) // hours that hardware works in its life
	out := []output{
		{category: "final_energy", stage: stage, value: energy},
		{category: "climate_change", stage: stage, value: mul(energy, r.factor("electricity", "climate_change", r.text("region"), ""))},
		{quantity: "working_time", value: life},
	}
	if r.kind == "training_runs" && r.text("phase") != "idle" {
		device := r.text("hardware_id")
		worn := div(hours, life)
		servers := div(worn, r.of("hardware", "devices_per_server"))
		out = append(out,
			output{category: "climate_change", stage: "manufacturing", value: mul(worn, r.factor("embodied", "climate_change", "", device))},
			output{category: "climate_change", stage: "manufacturing", value: mul(servers, r.factor("embodied", "climate_change", "", r.textAt("hardware", device, "host_id")))})
	}
	return out
}
