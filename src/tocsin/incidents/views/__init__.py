"""The pages of the incidents room."""
