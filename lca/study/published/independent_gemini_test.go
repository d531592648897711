package published_test

import "math/big"

// calculateGemini is the measurement of Elsworth et al. 2025, arXiv 2508.15734: accelerators, their hosts and idle machines by the parts of the median prompt (0.14, 0.06 and 0.02
// Wh), times PUE; water of the energy before overhead; electricity by place and by contract; hardware by its hours.
func calculateGemini(r *caseRow) []output {
	pue := or(r.num("pue"), num("1.09"))
	rung := map[string]*big.Float{} // how much energy there is for each unit at the accelerators
	rung["device"] = one()
	rung["node"] = div(num("0.20"), num("0.14"))
	rung["it"] = div(num("0.22"), num("0.14"))
	rung["facility"] = mul(rung["it"], pue)
	device := div(r.num("energy"), rung[r.text("energy_boundary")])
	counted, cooled := mul(device, rung["facility"]), mul(device, rung["it"])
	if r.choice("boundary") == "accelerator" {
		counted, cooled = device, device
	}
	contracted := num("0")
	if share := r.num("contract_share"); share != nil {
		contracted = mul(counted, share)
	} else if energy := r.num("contract_energy"); energy != nil {
		contracted = smaller(energy, counted)
	}
	region := r.text("region")
	grid := r.factor("electricity", "climate_change", region, "")
	out := []output{
		{category: "final_energy", stage: "inference", value: counted},
		{category: "water_consumption", stage: "inference", value: div(mul(cooled, or(r.num("wue"), num("1.15"))), num("1000"))},
		{category: "climate_change", accounting: "location", stage: "inference", value: mul(counted, grid)},
		{category: "climate_change", accounting: "market", stage: "inference", value: mul(contracted, r.num("contract_factor"))},
		{category: "climate_change", accounting: "market", stage: "inference", value: mul(sub(counted, contracted), or(r.factor("residual_mix", "climate_change", region, ""), grid))},
		{quantity: "run_energy.device", value: device},
		{quantity: "run_energy.node", value: mul(device, rung["node"])},
		{quantity: "run_energy.it", value: mul(device, rung["it"])},
		{unit: "request", value: r.num("requests")},
	}
	return append(out, worn(r, r.hours(true), or(r.of("hardware", "lifetime"), num("6")), "climate_change")...)
}

// hours are those of all devices that the row reserved; shared: of its share of them.
func (r *caseRow) hours(shared bool) *big.Float {
	hours := or(r.num("device_hours"), mul(r.num("device_count"), r.num("wall_time")))
	if shared {
		hours = mul(hours, or(r.num("device_share"), one()))
	}
	return hours
}

// worn is the making of devices and of their share of a host, over a service life in years of 8,760 h.
func worn(r *caseRow, hours, years *big.Float, category string) []output {
	id := r.text("hardware_id")
	devices := div(hours, mul(years, num("8760")))
	host := div(mul(devices, r.factor("embodied", category, "", r.textAt("hardware", id, "host_id"))), r.of("hardware", "devices_per_server"))
	return []output{
		{category: category, stage: "manufacturing", value: mul(devices, r.factor("embodied", category, "", id))},
		{category: category, stage: "manufacturing", value: host},
	}
}
