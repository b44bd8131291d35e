from pkgutil import extend_path

# A room or a channel may also stand in another folder of the path, in a `tocsin` of its own.
__path__ = extend_path(__path__, __name__)
