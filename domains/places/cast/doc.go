// Package cast is the places of the demo city: the facility that the city's
// paper names, and public halls in its towns, with rooms, hours, closures and
// pictures. Addresses and telephone numbers are invented.
package cast
