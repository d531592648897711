package published_test

// calculateGreenAlgorithms is the formula of Lannelongue et al. 2021: t × (cores × power × use + memory × 0.3725 W/GB) × PUE, with PUE 1.56 of an unknown facility.
func calculateGreenAlgorithms(r *caseRow) []output {
	t, cores := r.num("wall_time"), r.num("device_count")
	watts := add(mul(cores, r.of("hardware", "rated_power"), or(r.num("utilisation"), one())), mul(r.num("host_memory"), num("0.3725")))
	energy := div(mul(t, watts, or(r.num("pue"), num("1.56"))), num("1000")) // kWh
	return []output{
		{category: "final_energy", stage: "training", value: energy},
		{category: "climate_change", stage: "training", accounting: "location", value: mul(energy, r.factor("electricity", "climate_change", r.text("region"), ""))},
	}
}
