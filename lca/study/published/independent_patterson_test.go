package published_test

// calculatePatterson is the calculation of Patterson et al. 2021, arXiv 2104.10350, section 2.3 and table 4.
func calculatePatterson(r *caseRow) []output {
	// Hours of accelerators: operations over what one achieves in an hour, else as counted.
	achieved := mul(r.of("hardware", "peak_flops"), r.num("mfu"), num("3600"))
	hours := or(div(r.num("flop"), achieved), r.num("device_hours"), mul(r.num("device_count"), r.num("wall_time")))
	energy := div(mul(hours, r.num("device_power"), r.num("pue")), num("1000")) // kWh
	// Gross is all of it at the grid's intensity; net is at the intensity after purchases, as far as they go.
	grid := r.factor("electricity", "climate_change", r.text("region"), "")
	bought := or(mul(energy, r.num("contract_share")), zero())
	net := add(or(mul(bought, r.num("contract_factor")), zero()), or(mul(sub(energy, bought), grid), zero()))
	return []output{
		{category: "final_energy", stage: "training", value: energy},
		{category: "climate_change", stage: "training", accounting: "location", value: mul(energy, grid)},
		{category: "climate_change", stage: "training", accounting: "market", value: net},
	}
}
