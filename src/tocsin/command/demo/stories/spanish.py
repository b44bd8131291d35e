"""What Spanish-speaking customers write."""

from tocsin.command.demo.stories.base import Exchange, Voice

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
        "dns": (
            Exchange(
                ("Cambio de DNS para {domain}", "El registro A no se actualiza"),
                "anoche cambiamos el registro A de {domain} en el panel de control, pero algunos "
                "compañeros siguen llegando al servidor antiguo. Desde el móvil está bien, desde la "
                "oficina no. ¿Nos hemos saltado algún paso?",
                "la zona es correcta y nuestros dos servidores de nombres dan ya el registro nuevo. Lo "
                "que ves es el tiempo durante el que otros recuerdan la respuesta antigua, hasta "
                "cuatro horas. Esta noche lo verá todo el mundo.",
                more=(
                    "Desde casa funciona, pero una sucursal sigue viendo la dirección antigua. "
                    "¿Podemos hacer algo?"
                ),
                then=(
                    "Esa oficina usa su propio servidor de nombres. Basta con reiniciar el router o "
                    "esperar a mañana."
                ),
            ),
            Exchange(
                ("Cambio de DNS para {domain}", "Nuevo registro en {domain}"),
                "¿podríais añadir un CNAME shop.{domain} hacia el proveedor de nuestra tienda? El "
                "panel dice que el nombre ya existe y me da miedo romper algo.",
                "hecho. Quitamos la entrada antigua que estorbaba y añadimos la vuestra con cinco "
                "minutos de vida, para que el próximo cambio se vea enseguida. Échale un vistazo, por "
                "favor.",
            ),
        ),
        "client": (
            Exchange(
                ("Outlook pide la contraseña todo el rato",),
                "desde ayer Outlook pide cada pocos minutos la contraseña de {box}, aunque es correcta "
                "y el webmail la acepta. No hemos cambiado nada.",
                "vemos conexiones sin cifrar, que desde este mes ya no aceptamos. Quita la cuenta y "
                "vuelve a añadirla con el puerto 993 y SSL; los mensajes siguen en el servidor.",
            ),
            Exchange(
                ("Configurar el correo en un móvil nuevo", "Thunderbird no envía"),
                "tengo móvil nuevo y no consigo configurar {box}. Recibe bien, pero al enviar da un "
                "error de autenticación. ¿Qué servidores y puertos hay que poner?",
                "usa imap.{host} con el puerto 993 y smtp.{host} con el 465, los dos con SSL/TLS, y "
                "como usuario la dirección completa. Tiene que estar activado «el servidor de salida "
                "requiere autenticación».",
                more="Gracias, en el móvil ya va. La tableta es más antigua, ¿necesita algo más?",
                then=(
                    "Los mismos datos. Si no ofrece TLS 1.2 hay que actualizar el sistema, no hay otra "
                    "forma segura."
                ),
            ),
        ),
        "quota": (
            Exchange(
                ("Buzón lleno", "Aviso de espacio"),
                "he recibido un aviso de que {box} está al {n} %. He borrado muchos mensajes pero el "
                "número no baja. ¿Cuánto tarda?",
                "lo borrado queda 30 días en la papelera y cuenta hasta entonces. La hemos vaciado, "
                "así que ya hay sitio. La carpeta más grande es Enviados; conviene mirar los adjuntos "
                "antiguos.",
            ),
            Exchange(
                ("Buzón lleno", "{box} ha superado el límite"),
                "los clientes nos dicen que los mensajes a {box} vuelven con «mailbox full». "
                "Necesitamos esa dirección, ¿podéis darnos más espacio hoy?",
                "hemos subido el límite 2 GB, que entran en vuestro plan, y ya entra correo. Lo "
                "rechazado tienen que enviarlo otra vez, porque nunca llegó hasta nosotros.",
            ),
        ),
        "ssl": (
            Exchange(
                ("Aviso de certificado en {domain}", "¿SSL caducado?"),
                "quien entra en https://{domain} ve desde esta mañana un aviso de que la conexión no "
                "es privada. Pensaba que los certificados se renovaban solos.",
                "el certificado es nuevo y cubre el nombre con y sin www. La renovación había fallado "
                "porque una regla de vuestro .htaccess rechazaba la comprobación; hemos anotado qué "
                "línea es.",
                more="El aviso ya no sale, pero ahora no carga el logotipo en algunas páginas.",
                then=(
                    "Esas imágenes están enlazadas con http:// en la plantilla. Cambiando los enlaces "
                    "a https:// se ven de nuevo."
                ),
            ),
            Exchange(
                ("«No es seguro» en el navegador",),
                "hemos añadido www.{domain} como segundo nombre y el navegador dice que el certificado "
                "no es para ese nombre. ¿Qué tenemos que hacer?",
                "acabamos de emitir un certificado nuevo. Recarga la página con Ctrl+F5. A partir de "
                "ahora se renueva solo, treinta días antes de caducar.",
            ),
        ),
        "invoice": (
            Exchange(
                ("Consulta sobre la factura {year}-{n}",),
                "la factura {year}-{n} de {amount} EUR lleva todavía la dirección antigua. La gestoría "
                "la necesita con la nueva. ¿Podéis enviar una corregida?",
                "tienes razón, y perdona las molestias. El documento corregido está en el panel, en "
                "Facturación, y te llegará también por correo en una hora.",
            ),
            Exchange(
                ("¿Cobro duplicado?",),
                "parece que este mes nos habéis cobrado dos veces {amount} EUR. ¿Podéis comprobarlo? "
                "Adjunto el extracto.",
                "gracias por avisar. Lo hemos arreglado hoy; si hay devolución, el banco tarda de tres "
                "a cinco días hábiles.",
            ),
        ),
        "migration": (
            Exchange(
                ("Traer nuestra web", "¿Cuándo podemos mover {domain}?"),
                "queremos pasar {domain} (WordPress, unos 6 GB con fotos) de nuestro proveedor actual "
                "al paquete nuevo. ¿Podéis hacerlo vosotros y cuánto tiempo estará caída la web?",
                "con mucho gusto. Crea un acceso SFTP en el proveedor antiguo y ponlo en el panel, en "
                "Migración, no por correo. Copiamos de noche y te avisamos para probar; los visitantes "
                "no notarán nada.",
            ),
            Exchange(
                ("Ayuda con una migración",),
                "hemos copiado los ficheros de {domain}, pero la importación de la base de datos en el "
                "panel se para a los 50 MB. ¿Hay otra manera?",
                "la base de datos ya está: la importamos del fichero que subisteis. Revisa la web en "
                "la dirección de prueba antes de cambiar el nombre.",
                more="La prueba se ve bien. ¿Podemos cambiar el {day} por la noche?",
                then="Sí, apuntado para las 21:00. Te escribimos cuando esté hecho.",
            ),
        ),
        "php": (
            Exchange(
                ("Versión de PHP de {domain}", "Necesitamos PHP 8.3"),
                "nuestro programador dice que necesitamos PHP 8.3 para {domain}. En el panel solo "
                "llega a 8.1. ¿Podéis activarlo?",
                "ya se puede elegir 8.3. Uno de vuestros plugins usa una función eliminada en la 8; el "
                "nombre y la línea están en el registro, en la carpeta logs/. Lo seguro es actualizar "
                "primero ese plugin.",
            ),
            Exchange(
                ("Página en blanco tras cambiar PHP",),
                "al cambiar la versión de PHP de {domain} la página se queda en blanco. La he devuelto "
                "a como estaba, pero quisiera saber qué hay que hacer.",
                "hemos mirado el registro: es el plugin del carrusel. Con su actualización la web va "
                "con 8.3, lo hemos probado en una copia.",
            ),
        ),
        "spam": (
            Exchange(
                ("Mucho spam desde el lunes",),
                "{box} recibe unos {n} mensajes basura al día desde el lunes. ¿Se puede poner el "
                "filtro más estricto solo para esa dirección?",
                "hemos puesto el filtro de esa dirección en el nivel más estricto y le hemos enseñado "
                "los ejemplos. Lo que aún pase, arrástralo a la carpeta Spam; aprende en menos de una "
                "hora.",
                more="Hoy va mucho mejor. ¿Se puede ver en algún sitio lo que se ha retenido?",
                then="Sí, en el webmail, en Cuarentena. Lo que liberes allí no se vuelve a retener.",
            ),
            Exchange(
                ("Facturas falsas en la bandeja",),
                "nos llegan mensajes con facturas falsas que parecen de nuestro director. Una "
                "compañera casi paga. Adjunto un ejemplo con las cabeceras.",
                "vienen de fuera con vuestro nombre delante. El dominio tiene ahora una política DMARC "
                "que permite rechazarlos. Por favor, no pulséis nada en ellos.",
            ),
        ),
        "password": (
            Exchange(
                ("No puedo entrar en el panel",),
                "no puedo entrar en el panel de control, dice que la cuenta está bloqueada por "
                "demasiados intentos. ¿Podéis desbloquearla?",
                "desbloqueada. Hubo {n} intentos desde una dirección del extranjero, así que conviene "
                "activar el acceso en dos pasos, en Seguridad.",
            ),
            Exchange(
                ("Contraseña nueva para {box}",),
                "un compañero se ha ido y no sabemos la contraseña de {box}. Necesitamos llegar a los "
                "mensajes. ¿Qué os hace falta?",
                "hemos enviado un enlace a la dirección de gestión que tenemos; vale dos horas y "
                "permite elegir otra contraseña. Aquí nadie puede ver ni poner contraseñas por "
                "vosotros.",
            ),
        ),
        "slow": (
            Exchange(
                ("La web va muy lenta", "{domain} tarda diez segundos"),
                "las páginas de {domain} tardan de ocho a diez segundos desde la semana pasada, sobre "
                "todo por la noche. No hemos cambiado nada. ¿Está sobrecargado el servidor?",
                "el servidor va sobrado, pero un robot estaba pidiendo todas vuestras páginas en todos "
                "los órdenes. Lo hemos limitado y los tiempos han vuelto a medio segundo.",
                more="Va mejor, aunque la primera página de la mañana sigue lenta.",
                then=(
                    "Es la caché que se llena de nuevo. La preparamos ahora a las seis para que nadie espere."
                ),
            ),
            Exchange(
                ("La web va muy lenta",),
                "la gestión de la tienda va tan lenta que casi no se puede trabajar. La tienda en sí "
                "va bien. Adjunto mediciones.",
                "casi todo el tiempo se va en una consulta del buscador. Con un índice en esa tabla "
                "tarda milésimas; lo hemos añadido, prueba otra vez.",
            ),
        ),
        "newbox": (
            Exchange(
                ("Buzón nuevo", "Alias para la oficina"),
                "por favor, cread un buzón para nuestra nueva compañera, {newbox}, del mismo tamaño, y "
                "que le llegue también office@{domain}.",
                "hecho. El enlace para la primera contraseña ha salido a vuestra dirección de gestión.",
            ),
            Exchange(
                ("Reenvío durante las vacaciones",),
                "¿cómo hago para que lo que llega a {box} vaya a dos compañeros durante mis vacaciones "
                "sin perderlo yo?",
                "ya está, y podéis cambiarlo en Correo, Reenvíos. Queda una copia en el buzón.",
            ),
        ),
        "rejected": (
            Exchange(
                ("Mensaje devuelto: 550", "Fallo de entrega a un cliente"),
                "nuestras ofertas a un cliente grande vuelven con «550 5.7.1 rejected». Su informático "
                "dice que es culpa nuestra. Adjunto el mensaje completo.",
                "el rechazo viene de una regla suya sobre un enlace de vuestra firma. Con el texto de "
                "abajo lo encontrarán enseguida; por nuestra parte está todo bien.",
            ),
            Exchange(
                ("Nuestros mensajes no llegan",),
                "los mensajes de {box} acaban últimamente en la carpeta de spam. No enviamos "
                "boletines. ¿Cómo se arregla?",
                "el dominio no tenía clave DKIM para la dirección desde la que enviáis. Ya la tiene, y "
                "el mismo mensaje pasa todas las pruebas. En los grandes proveedores se nota en unos "
                "días.",
            ),
        ),
        "upgrade": (
            Exchange(
                ("Paquete más grande", "Consulta sobre el plan de empresa"),
                "estamos al {n} % del espacio y preparamos una segunda tienda. ¿Cuánto cuesta el "
                "siguiente paquete y se puede cambiar a mitad de año?",
                "se puede cambiar cuando queráis; lo pagado se descuenta por días. La oferta está en "
                "el panel, vale 30 días y lleva el descuento para clientes antiguos.",
            ),
            Exchange(
                ("Oferta para más espacio",),
                "¿podéis enviarnos una oferta para 40 buzones de 10 GB? Ahora tenemos 25 pequeños.",
                "con mucho gusto. Lo que mejor encaja es el plan Business: {amount} EUR al año con "
                "IVA. Si respondes «sí» lo cambiamos esta noche; direcciones y contraseñas siguen "
                "igual.",
            ),
        ),
        "backup": (
            Exchange(
                ("Recuperar un fichero", "Borrado por error"),
                "he borrado por error la carpeta wp-content/uploads/{year} de {domain}. ¿Hay copia? "
                "Están todas nuestras fotos.",
                "recuperado de la instantánea de las 02:00. No se ha tocado nada de lo que cambiasteis "
                "después. También podéis hacerlo en Ficheros, Instantáneas, durante 14 días.",
            ),
            Exchange(
                ("¿Hay copia de seguridad?",),
                "después de una actualización la tienda {domain} no funciona. ¿Podéis recuperar la "
                "base de datos de la noche anterior? Los pedidos desde entonces son pocos, los metemos "
                "a mano.",
                "hemos puesto la base de datos de esa noche y dejado la otra como fichero al lado. "
                "Comprueba la tienda, por favor.",
            ),
        ),
        "domain": (
            Exchange(
                ("Renovación de {domain}", "¿Está pagado {domain}?"),
                "ha llegado una carta de una empresa desconocida que pide 240 EUR por renovar "
                "{domain}. ¿Es real? Pensaba que lo hacíais vosotros.",
                "no hagáis caso de esa carta, es un engaño conocido. Vuestro dominio se renueva solo y "
                "está pagado hasta el año que viene.",
            ),
            Exchange(
                ("Traslado de un dominio",),
                "hemos comprado otra empresa y queremos traer su dominio. ¿Qué os hace falta y sigue "
                "funcionando el correo mientras tanto?",
                "necesitamos el código de autorización del registrador actual; ponlo en el panel, en "
                "Dominios. La web y el correo siguen funcionando.",
            ),
        ),
        "newsletter": (
            Exchange(
                ("Caso de éxito",),
                "hemos visto que buscáis clientes que cuenten su experiencia. Participaremos "
                "encantados si no lleva más de una hora.",
                "qué amables, muchas gracias. Te envío dos fechas y las preguntas de antemano.",
            ),
        ),
    },
    mail_is_down=(
        (
            "No recibimos correo",
            "hace rato que no llega ningún correo y Outlook dice que no puede conectar con el "
            "servidor. ¿Hay un problema por vuestra parte? Estamos esperando pedidos.",
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
            "nuestra página web {domain} muestra «503 Service Unavailable». Ayuda, por favor, tenemos "
            "una campaña en marcha.",
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
