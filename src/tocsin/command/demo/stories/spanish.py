"""What Spanish-speaking customers write."""

from tocsin.command.demo.stories.base import Story, Voice

VOICE = Voice(
    openings=("Hola,", "Buenos días,", "Buenas tardes,", "Estimado equipo:", "Hola, buenos días:"),
    closings=("Un saludo,", "Muchas gracias,", "Saludos cordiales,", "Gracias de antemano,", "Atentamente,"),
    agent_openings=("Hola {first},", "Buenos días {first},", "Buenas tardes {first},"),
    thanks=(
        "Ya funciona, muchas gracias.",
        "Perfecto, todo en orden. Gracias por la rapidez.",
        "Listo, podéis cerrarlo.",
        "Muchas gracias, ha quedado muy claro.",
    ),
    stories={
        "dns": Story(
            ("Cambio de DNS para {domain}", "El registro A no se actualiza", "Nuevo registro en {domain}"),
            (
                "anoche cambiamos el registro A de {domain} en el panel de control, pero algunos compañeros siguen llegando "
                "al servidor antiguo. Desde el móvil está bien, desde la oficina no. ¿Nos hemos saltado algún paso?",
                "¿podríais añadir un CNAME shop.{domain} hacia el proveedor de nuestra tienda? El panel dice que el nombre ya "
                "existe y me da miedo romper algo.",
            ),
            (
                "la zona es correcta y nuestros dos servidores de nombres dan ya el registro nuevo. Lo que ves es el tiempo "
                "durante el que otros recuerdan la respuesta antigua, hasta cuatro horas. Esta noche lo verá todo el mundo.",
                "hecho. Quitamos la entrada antigua que estorbaba y añadimos la vuestra con cinco minutos de vida, para que el "
                "próximo cambio se vea enseguida. Échale un vistazo, por favor.",
            ),
            (
                "Desde casa funciona, pero una sucursal sigue viendo la dirección antigua. ¿Podemos hacer algo?",
            ),
            (
                "Esa oficina usa su propio servidor de nombres. Basta con reiniciar el router o esperar a mañana.",
            ),
        ),
        "client": Story(
            (
                "Outlook pide la contraseña todo el rato",
                "Configurar el correo en un móvil nuevo",
                "Thunderbird no envía",
            ),
            (
                "desde ayer Outlook pide cada pocos minutos la contraseña de {box}, aunque es correcta y el webmail la acepta. "
                "No hemos cambiado nada.",
                "tengo móvil nuevo y no consigo configurar {box}. Recibe bien, pero al enviar da un error de autenticación. "
                "¿Qué servidores y puertos hay que poner?",
            ),
            (
                "usa imap.{host} con el puerto 993 y smtp.{host} con el 465, los dos con SSL/TLS, y como usuario la dirección "
                "completa. Tiene que estar activado «el servidor de salida requiere autenticación».",
                "vemos conexiones sin cifrar, que desde este mes ya no aceptamos. Quita la cuenta y vuelve a añadirla con el "
                "puerto 993 y SSL; los mensajes siguen en el servidor.",
            ),
            ("Gracias, en el móvil ya va. La tableta es más antigua, ¿necesita algo más?",),
            (
                "Los mismos datos. Si no ofrece TLS 1.2 hay que actualizar el sistema, no hay otra forma segura.",
            ),
        ),
        "quota": Story(
            ("Buzón lleno", "{box} ha superado el límite", "Aviso de espacio"),
            (
                "he recibido un aviso de que {box} está al {n} %. He borrado muchos mensajes pero el número no baja. ¿Cuánto "
                "tarda?",
                "los clientes nos dicen que los mensajes a {box} vuelven con «mailbox full». Necesitamos esa dirección, "
                "¿podéis darnos más espacio hoy?",
            ),
            (
                "lo borrado queda 30 días en la papelera y cuenta hasta entonces. La hemos vaciado, así que ya hay sitio. La "
                "carpeta más grande es Enviados; conviene mirar los adjuntos antiguos.",
                "hemos subido el límite 2 GB, que entran en vuestro plan, y ya entra correo. Lo rechazado tienen que enviarlo "
                "otra vez, porque nunca llegó hasta nosotros.",
            ),
        ),
        "ssl": Story(
            ("Aviso de certificado en {domain}", "¿SSL caducado?", "«No es seguro» en el navegador"),
            (
                "quien entra en https://{domain} ve desde esta mañana un aviso de que la conexión no es privada. Pensaba que "
                "los certificados se renovaban solos.",
                "hemos añadido www.{domain} como segundo nombre y el navegador dice que el certificado no es para ese nombre. "
                "¿Qué tenemos que hacer?",
            ),
            (
                "el certificado es nuevo y cubre el nombre con y sin www. La renovación había fallado porque una regla de "
                "vuestro .htaccess rechazaba la comprobación; hemos anotado qué línea es.",
                "acabamos de emitir un certificado nuevo. Recarga la página con Ctrl+F5. A partir de ahora se renueva solo, "
                "treinta días antes de caducar.",
            ),
            ("El aviso ya no sale, pero ahora no carga el logotipo en algunas páginas.",),
            (
                "Esas imágenes están enlazadas con http:// en la plantilla. Cambiando los enlaces a https:// se ven de nuevo.",
            ),
        ),
        "invoice": Story(
            ("Consulta sobre la factura {year}-{n}", "NIF incorrecto en la factura", "¿Cobro duplicado?"),
            (
                "la factura {year}-{n} de {amount} EUR lleva todavía la dirección antigua. La gestoría la necesita con la "
                "nueva. ¿Podéis enviar una corregida?",
                "parece que este mes nos habéis cobrado dos veces {amount} EUR. ¿Podéis comprobarlo? Adjunto el extracto.",
            ),
            (
                "tienes razón, y perdona las molestias. El documento corregido está en el panel, en Facturación, y te llegará "
                "también por correo en una hora.",
                "gracias por avisar. Lo hemos arreglado hoy; si hay devolución, el banco tarda de tres a cinco días hábiles.",
            ),
        ),
        "migration": Story(
            ("Traer nuestra web", "Ayuda con una migración", "¿Cuándo podemos mover {domain}?"),
            (
                "queremos pasar {domain} (WordPress, unos 6 GB con fotos) de nuestro proveedor actual al paquete nuevo. ¿Podéis "
                "hacerlo vosotros y cuánto tiempo estará caída la web?",
                "hemos copiado los ficheros de {domain}, pero la importación de la base de datos en el panel se para a los "
                "50 MB. ¿Hay otra manera?",
            ),
            (
                "con mucho gusto. Crea un acceso SFTP en el proveedor antiguo y ponlo en el panel, en Migración, no por correo. "
                "Copiamos de noche y te avisamos para probar; los visitantes no notarán nada.",
                "la base de datos ya está: la importamos del fichero que subisteis. Revisa la web en la dirección de prueba "
                "antes de cambiar el nombre.",
            ),
            ("La prueba se ve bien. ¿Podemos cambiar el {day} por la noche?",),
            ("Sí, apuntado para las 21:00. Te escribimos cuando esté hecho.",),
        ),
        "php": Story(
            ("Versión de PHP de {domain}", "Página en blanco tras cambiar PHP", "Necesitamos PHP 8.3"),
            (
                "nuestro programador dice que necesitamos PHP 8.3 para {domain}. En el panel solo llega a 8.1. ¿Podéis "
                "activarlo?",
                "al cambiar la versión de PHP de {domain} la página se queda en blanco. La he devuelto a como estaba, pero "
                "quisiera saber qué hay que hacer.",
            ),
            (
                "ya se puede elegir 8.3. Uno de vuestros plugins usa una función eliminada en la 8; el nombre y la línea están "
                "en el registro, en la carpeta logs/. Lo seguro es actualizar primero ese plugin.",
                "hemos mirado el registro: es el plugin del carrusel. Con su actualización la web va con 8.3, lo hemos probado "
                "en una copia.",
            ),
        ),
        "spam": Story(
            ("Mucho spam desde el lunes", "El boletín acaba en spam", "Facturas falsas en la bandeja"),
            (
                "{box} recibe unos {n} mensajes basura al día desde el lunes. ¿Se puede poner el filtro más estricto solo para "
                "esa dirección?",
                "nos llegan mensajes con facturas falsas que parecen de nuestro director. Una compañera casi paga. Adjunto un "
                "ejemplo con las cabeceras.",
            ),
            (
                "hemos puesto el filtro de esa dirección en el nivel más estricto y le hemos enseñado los ejemplos. Lo que aún "
                "pase, arrástralo a la carpeta Spam; aprende en menos de una hora.",
                "vienen de fuera con vuestro nombre delante. El dominio tiene ahora una política DMARC que permite rechazarlos. "
                "Por favor, no pulséis nada en ellos.",
            ),
            ("Hoy va mucho mejor. ¿Se puede ver en algún sitio lo que se ha retenido?",),
            ("Sí, en el webmail, en Cuarentena. Lo que liberes allí no se vuelve a retener.",),
        ),
        "password": Story(
            (
                "No puedo entrar en el panel",
                "Contraseña nueva para {box}",
                "He perdido el código de dos pasos",
            ),
            (
                "no puedo entrar en el panel de control, dice que la cuenta está bloqueada por demasiados intentos. ¿Podéis "
                "desbloquearla?",
                "un compañero se ha ido y no sabemos la contraseña de {box}. Necesitamos llegar a los mensajes. ¿Qué os hace "
                "falta?",
            ),
            (
                "hemos enviado un enlace a la dirección de gestión que tenemos; vale dos horas y permite elegir otra "
                "contraseña. Aquí nadie puede ver ni poner contraseñas por vosotros.",
                "desbloqueada. Hubo {n} intentos desde una dirección del extranjero, así que conviene activar el acceso en dos "
                "pasos, en Seguridad.",
            ),
        ),
        "slow": Story(
            ("La web va muy lenta", "{domain} tarda diez segundos", "Tienda lenta por las noches"),
            (
                "las páginas de {domain} tardan de ocho a diez segundos desde la semana pasada, sobre todo por la noche. No "
                "hemos cambiado nada. ¿Está sobrecargado el servidor?",
                "la gestión de la tienda va tan lenta que casi no se puede trabajar. La tienda en sí va bien. Adjunto "
                "mediciones.",
            ),
            (
                "el servidor va sobrado, pero un robot estaba pidiendo todas vuestras páginas en todos los órdenes. Lo hemos "
                "limitado y los tiempos han vuelto a medio segundo.",
                "casi todo el tiempo se va en una consulta del buscador. Con un índice en esa tabla tarda milésimas; lo hemos "
                "añadido, prueba otra vez.",
            ),
            ("Va mejor, aunque la primera página de la mañana sigue lenta.",),
            ("Es la caché que se llena de nuevo. La preparamos ahora a las seis para que nadie espere.",),
        ),
        "newbox": Story(
            ("Buzón nuevo", "Alias para la oficina", "Reenvío durante las vacaciones"),
            (
                "por favor, cread un buzón para nuestra nueva compañera, {newbox}, del mismo tamaño, y que le llegue también "
                "office@{domain}.",
                "¿cómo hago para que lo que llega a {box} vaya a dos compañeros durante mis vacaciones sin perderlo yo?",
            ),
            (
                "hecho. El enlace para la primera contraseña ha salido a vuestra dirección de gestión.",
                "ya está, y podéis cambiarlo en Correo, Reenvíos. Queda una copia en el buzón.",
            ),
        ),
        "rejected": Story(
            ("Mensaje devuelto: 550", "Nuestros mensajes no llegan", "Fallo de entrega a un cliente"),
            (
                "nuestras ofertas a un cliente grande vuelven con «550 5.7.1 rejected». Su informático dice que es culpa "
                "nuestra. Adjunto el mensaje completo.",
                "los mensajes de {box} acaban últimamente en la carpeta de spam. No enviamos boletines. ¿Cómo se arregla?",
            ),
            (
                "el dominio no tenía clave DKIM para la dirección desde la que enviáis. Ya la tiene, y el mismo mensaje pasa "
                "todas las pruebas. En los grandes proveedores se nota en unos días.",
                "el rechazo viene de una regla suya sobre un enlace de vuestra firma. Con el texto de abajo lo encontrarán "
                "enseguida; por nuestra parte está todo bien.",
            ),
        ),
        "upgrade": Story(
            ("Paquete más grande", "Oferta para más espacio", "Consulta sobre el plan de empresa"),
            (
                "estamos al {n} % del espacio y preparamos una segunda tienda. ¿Cuánto cuesta el siguiente paquete y se puede "
                "cambiar a mitad de año?",
                "¿podéis enviarnos una oferta para 40 buzones de 10 GB? Ahora tenemos 25 pequeños.",
            ),
            (
                "se puede cambiar cuando queráis; lo pagado se descuenta por días. La oferta está en el panel, vale 30 días y "
                "lleva el descuento para clientes antiguos.",
                "con mucho gusto. Lo que mejor encaja es el plan Business: {amount} EUR al año con IVA. Si respondes «sí» lo "
                "cambiamos esta noche; direcciones y contraseñas siguen igual.",
            ),
        ),
        "backup": Story(
            ("Recuperar un fichero", "Borrado por error", "¿Hay copia de seguridad?"),
            (
                "he borrado por error la carpeta wp-content/uploads/{year} de {domain}. ¿Hay copia? Están todas nuestras fotos.",
                "después de una actualización la tienda {domain} no funciona. ¿Podéis recuperar la base de datos de la noche "
                "anterior? Los pedidos desde entonces son pocos, los metemos a mano.",
            ),
            (
                "recuperado de la instantánea de las 02:00. No se ha tocado nada de lo que cambiasteis después. También podéis "
                "hacerlo en Ficheros, Instantáneas, durante 14 días.",
                "hemos puesto la base de datos de esa noche y dejado la otra como fichero al lado. Comprueba la tienda, por "
                "favor.",
            ),
        ),
        "domain": Story(
            ("Renovación de {domain}", "Traslado de un dominio", "¿Está pagado {domain}?"),
            (
                "ha llegado una carta de una empresa desconocida que pide 240 EUR por renovar {domain}. ¿Es real? Pensaba que "
                "lo hacíais vosotros.",
                "hemos comprado otra empresa y queremos traer su dominio. ¿Qué os hace falta y sigue funcionando el correo "
                "mientras tanto?",
            ),
            (
                "no hagáis caso de esa carta, es un engaño conocido. Vuestro dominio se renueva solo y está pagado hasta el año "
                "que viene.",
                "necesitamos el código de autorización del registrador actual; ponlo en el panel, en Dominios. La web y el "
                "correo siguen funcionando.",
            ),
        ),
        "newsletter": Story(
            ("Caso de éxito", "Vuestro seminario"),
            (
                "hemos visto que buscáis clientes que cuenten su experiencia. Participaremos encantados si no lleva más de una "
                "hora.",
                "¿se grabará el seminario sobre seguridad del correo? Dos de nosotros no podemos ese día.",
            ),
            ("qué amables, muchas gracias. Te envío dos fechas y las preguntas de antemano.",),
        ),
    },
    mail_is_down=(
        (
            "No recibimos correo",
            "hace rato que no llega ningún correo y Outlook dice que no puede conectar con el servidor. "
            "¿Hay un problema por vuestra parte? Estamos esperando pedidos.",
        ),
        (
            "El correo no funciona",
            "en toda la oficina no se puede ni enviar ni recibir. El webmail también da una página de "
            "error. ¿Cuándo volverá el correo?",
        ),
        (
            "Tiempo de espera de IMAP",
            "todos los móviles y Thunderbird dan error de IMAP con {box}. Nuestra conexión va bien. "
            "¿Lo sabéis?",
        ),
        (
            "Buzón inaccesible",
            "el buzón {box} no se abre desde hace un cuarto de hora. ¿Está caído el servidor de correo?",
        ),
    ),
    site_is_down=(
        (
            "{domain} no funciona",
            "nuestra página web {domain} muestra «503 Service Unavailable». Ayuda, por favor, tenemos una "
            "campaña en marcha.",
        ),
        (
            "La web no carga",
            "la página web {domain} no carga desde hace unos minutos en ningún dispositivo. ¿Es el servidor?",
        ),
        (
            "Tienda caída",
            "no se puede entrar en nuestra tienda {domain} y los clientes nos llaman. ¿Qué pasa?",
        ),
    ),
)
