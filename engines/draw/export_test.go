package draw

// RunWithSeed runs the draw from a seed that is not bound to the list, so that
// two lists can be compared under the same order.
func (f *FrozenDraw) RunWithSeed(seed [32]byte) *Result {
	r := &Result{frozen: f, Awards: make([]Award, len(f.draw.Entries)), seed: seed}
	r.order()
	r.allocate()
	return r
}
