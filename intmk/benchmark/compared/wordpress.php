<?php
// Installs and fills the WordPress of wordpress.py, from its folder: php wordpress.php HOST SOCKET PAGES
[, $host, $socket, $pages] = $argv;
$_SERVER['HTTP_HOST'] = $host;
mysqli_connect('localhost', 'root', '', null, 0, $socket)->query('CREATE DATABASE wordpress');
function wp_mail() { return true; }
define('WP_INSTALLING', true);
require 'wordpress/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/image.php';
wp_install('Vergleich', 'vergleich', 'vergleich@example.org', true, '', wp_generate_password());
wp_installing(false);
$wp_rewrite->set_permalink_structure('/%postname%/');
$wp_rewrite->flush_rules();
$file = wp_upload_bits('bild.jpg', null, file_get_contents('bild.jpg'))['file'];
$picture = wp_insert_attachment(['post_mime_type' => 'image/jpeg', 'post_title' => 'Bild'], $file);
wp_update_attachment_metadata($picture, wp_generate_attachment_metadata($picture, $file));
for ($number = 1; $number <= $pages; $number++) {
    $post = wp_insert_post([
        'post_type' => $number <= 8 ? 'page' : 'post',  // pages stand in the menu
        'post_title' => "Seite $number",
        'post_status' => 'publish',
        'post_content' => file_get_contents('text.html'),
    ]);
    set_post_thumbnail($post, $picture);
}
