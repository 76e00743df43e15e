package desk

import "kakehashi/platform/web"

// Concerned reports whether the reservation in the path (id) is the viewer's
// business: for routes of other parts of places that hang below a reservation,
// declared as web.Concerned("reservation.mine", d.Concerned).
func (d *Desk) Concerned(c *web.Context) (bool, error) { return d.concerned(c) }
