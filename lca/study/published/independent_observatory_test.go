package published_test

import "math/big"

// calculateObservatory is the observatory's method, without electricity made on site, which no case has; contracts are shares.
func calculateObservatory(r *caseRow) []output {
	stage, counted := "training", output{unit: "training run", value: one()}
	if r.kind == "deployments" {
		stage, counted = "inference", output{unit: "request", value: r.num("requests")}
	}
	// Device hours, the first that can be known.
	share := r.num("device_share")
	time := or(mul(r.num("device_hours"), share), r.num("device_hours"), mul(r.num("device_count"), r.num("wall_time"), share), mul(r.num("device_count"), r.num("wall_time")))
	if r.kind == "training_runs" {
		peak := mul(r.of("hardware", "peak_flops"), num("3600")) // an hour
		time = or(time, div(r.num("flop"), mul(peak, r.num("mfu"))), div(r.num("flop"), mul(peak, num("0.34"))))
	}
	// Energy in kWh at the boundary at which it is known, the fullest first, and how much there is at each of the others.
	pue := or(r.num("pue"), num("1.269"))
	rungs := []string{"device", "node", "it", "facility"}
	steps := []*big.Float{num("1.42"), num("1.125"), pue} // from each rung to the next
	energy, at := div(mul(time, r.of("hardware", "rated_power"), num("0.857")), num("1000")), 0
	for i := len(rungs) - 1; i >= 0; i-- {
		if r.text("energy_boundary") == rungs[i] && r.num("energy") != nil {
			energy, at = r.num("energy"), i
			break
		}
		if power := r.num("device_power"); r.text("power_boundary") == rungs[i] && power != nil && time != nil {
			energy, at = div(mul(time, power), num("1000")), i
			break
		}
	}
	rung := func(to int) *big.Float {
		v := energy
		for i := at; i < to; i++ {
			v = mul(v, steps[i])
		}
		for i := at; i > to; i-- {
			v = div(v, steps[i-1])
		}
		return v
	}
	facility := rung(3)
	out := []output{{category: "final_energy", stage: stage, value: facility}, {quantity: "facility_energy", value: facility}, counted}
	for i, name := range rungs {
		out = append(out, output{quantity: "run_energy." + name, value: rung(i)})
	}
	// Electricity is generated with the losses of the grid. Where no residual mix is supplied the average stands in market-based.
	region := r.text("region")
	generated := mul(facility, r.factor("grid_losses", "", region, ""))
	for _, category := range []string{"primary_energy", "abiotic_depletion", "water_consumption"} {
		out = append(out, output{category: category, stage: stage, value: mul(generated, r.factor("electricity", category, region, ""))})
	}
	location := r.factor("electricity", "climate_change", region, "")
	contracted := or(mul(facility, r.num("contract_share")), num("0"))
	rest := mul(sub(facility, contracted), r.factor("grid_losses", "", region, ""))
	out = append(out, output{category: "climate_change", stage: stage, accounting: "location", value: mul(generated, location)},
		output{category: "climate_change", stage: stage, accounting: "market", value: mul(rest, or(r.factor("residual_mix", "climate_change", region, ""), location))},
		output{category: "climate_change", stage: stage, accounting: "market", value: mul(contracted, r.num("contract_factor"))},
		output{category: "water_consumption", stage: stage, value: div(mul(rung(2), or(r.num("wue"), num("0.468"))), num("1000"))})
	// Devices wear out over 4 years of 8,760 hours where the catalogue states no other life.
	worn := div(time, mul(or(r.of("hardware", "lifetime"), num("4")), num("8760")))
	for _, category := range []string{"climate_change", "primary_energy", "abiotic_depletion", "water_consumption"} {
		device := r.text("hardware_id")
		host := r.textAt("hardware", device, "host_id")
		out = append(out, output{category: category, stage: "manufacturing", value: mul(worn, r.factor("embodied", category, "", device))},
			output{category: category, stage: "manufacturing", value: mul(div(worn, r.of("hardware", "devices_per_server")), r.factor("embodied", category, "", host))},
			output{category: category, stage: "transport", value: mul(worn, r.factor("transport", category, "", device))},
			output{category: category, stage: "end_of_life", value: mul(worn, r.of("hardware", "mass"), r.factor("end_of_life", category, "", ""))})
	}
	return out
}
