package published_test

// calculateMLCO2 is the calculation of Lacoste et al. 2019, arXiv 1910.09700, and of model cards: hours × power × intensity, and PUE where the case counts it.
func calculateMLCO2(r *caseRow) []output {
	hours := or(r.num("device_hours"), mul(r.num("device_count"), r.num("wall_time")))
	power := r.of("hardware", "rated_power")
	if r.text("power_boundary") == "device" {
		power = or(r.num("device_power"), power)
	}
	energy := div(mul(hours, power), num("1000")) // kWh
	if r.choice("overheads") == "pue" {
		energy = mul(energy, r.num("pue"))
	}
	return []output{
		{category: "final_energy", stage: "training", value: energy},
		{category: "climate_change", stage: "training", accounting: "location", value: mul(energy, r.factor("electricity", "climate_change", r.text("region"), ""))},
	}
}
